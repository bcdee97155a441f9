"""Actions: one function for each thing a member does. Only actions commit and broadcast."""
