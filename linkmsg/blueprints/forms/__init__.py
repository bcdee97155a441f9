"""Forms: is the input well formed? What was typed stays in them."""
