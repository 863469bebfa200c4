"""Figures: pure functions from plans and records to plotly figures. They ask nothing and keep nothing."""
