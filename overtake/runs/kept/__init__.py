"""What sections of chapters computed, kept under the hash of what they depend on."""
