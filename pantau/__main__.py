"""`python -m pantau`: the command line."""

from pantau.cli.app import app


def main() -> None:
    """Run the command line."""
    app(prog_name="pantau")


if __name__ == "__main__":
    main()
