"""What else surveys, money and listings say of readiness to take risks in China."""
