"""How large a cluster a city needs: constants measured here, and a small model of its year."""
