"""The app, for `flask run` and `python app.py`."""

from linkmsg import create_app, serving

app = create_app()

if __name__ == "__main__":
    serving.main(app)
