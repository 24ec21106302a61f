"""The verbs of staff: who is in, who may what, and how he gets in."""
