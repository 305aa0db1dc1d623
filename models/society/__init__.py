"""What surveys, money, firms and listings say of how a country takes risks."""
