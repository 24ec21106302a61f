"""Tuan: social commerce. `main` puts a process together; the folders are strata, and imports go down only."""
