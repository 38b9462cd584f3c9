"""Games as mathematical objects, independent of negotiations and of how they are solved."""
