"""Return-flow (数据回流): what an upper level holds of an area goes back to it (Decree 809 Art. 24)."""
