"""Whether what providers state is what we have booked."""
