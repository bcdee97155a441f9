"""Verbs: one function for each thing a person does. The only room that commits and announces."""
