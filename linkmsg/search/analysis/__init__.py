"""Text analysis: tokens, stems and spelling variants, the same for indexing and for queries."""
