"""Tables, plots and reports. Nobody imports this layer."""
