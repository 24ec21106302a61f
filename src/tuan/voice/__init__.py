"""What the market hears and says: figures, recommendation, content, notices."""
