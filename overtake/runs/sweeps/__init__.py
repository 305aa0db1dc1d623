"""Many runs from one design: the store is the only state, so a killed sweep just goes on."""
