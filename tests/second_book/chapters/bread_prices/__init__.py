"""What a loaf costs."""
