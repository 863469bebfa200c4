"""The screens and the server in front of them: the only place that knows Streamlit or plotly."""
