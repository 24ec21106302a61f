"""The web server: who is visiting, what he may do, how he is answered."""
