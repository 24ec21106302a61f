"""The verbs of compliance: choosing a law, signing, agreeing, keeping what was measured and reported."""
