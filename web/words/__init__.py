"""What facts, answers and refusals are called in plain Italian, the source language of the texts.

Every sentence is collected for translation; `web/translations/en` has the English.
"""
