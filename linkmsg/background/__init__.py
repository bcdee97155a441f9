"""What is done without being asked: rows that are due are found, and done."""
