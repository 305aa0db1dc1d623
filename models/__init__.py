"""The shared statistical models: tables in, frozen results out."""
