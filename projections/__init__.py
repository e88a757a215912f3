"""What people look at: read models, folded from the record and rebuilt at will."""
