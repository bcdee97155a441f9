"""Actions: one function for each thing that a member or admin does, such as send a message.

Only actions commit to the database and broadcast, that is, send changes to open pages.
"""
