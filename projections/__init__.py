"""What people look at: read models built from the record, rebuilt at will."""
