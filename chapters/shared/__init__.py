"""What several chapters share: parameters, and how countries are called and drawn."""
