"""Why lags in capability of two to nine months have all been published."""
