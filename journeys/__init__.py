"""What happened, and what it is worth: facts, contracts, claims, and the record that keeps them."""
