"""Text analysis: splits texts into words (tokens) and finds their base forms (stems)."""
