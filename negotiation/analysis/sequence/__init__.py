"""Who delivers when: bonds, tranches, and orders of delivery compared."""
