"""How the platform is packed and brought onto a cluster; see README.md in this folder."""
