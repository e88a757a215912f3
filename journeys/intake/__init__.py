"""Outside records: taken in whole, row by row, with a report of every row that was not."""
