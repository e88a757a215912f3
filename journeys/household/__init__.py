"""The household: its facts, the commands that record them, and what they tell."""
