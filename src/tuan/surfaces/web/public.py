"""The one list of what answers without a session. Everything else is closed; a test holds the app to exactly this.

Whoever adds a line says why somebody whom nobody knows may ask for it. A line is looked at by a second person.
"""

from typing import Final

OPEN_ROUTES: Final[dict[str, str]] = {
    "GET /": "the shop window, the same for everybody",
    "GET /p/{product}": "a product, for whoever has its link or found it",
    "GET /t/{team}": "a team, for whoever was sent its link; names are masked",
    "GET /t/{team}/poster": "the team's page once more, to be kept as a picture",
    "GET /t/{team}/code.svg": "the address of a team's page, drawn",
    "GET /s/{code}": "opens what a link is of; codes are random, and a network that guesses waits",
    "GET /s/{code}/card": "what a link is of, shown before anybody goes there",
    "GET /s/{code}/code.svg": "the address of a link, drawn",
    "GET /s/{code}/poster.png": "a link's object with its price and code, as a picture; limited per network",
    "GET /s/{code}/packet": "what is in a packet, for whoever scanned its card; it is taken by who signed in",
    "GET /shops": "the shops that have won a place on the showcase, each public by itself",
    "GET /shop/{shop}": "somebody's shop, for whoever has its link or found it",
    "GET /offline": "the page that a phone shows without a line; tells nothing",
    "GET /sw.js": "what a phone keeps of us: the names of browser files",
    "GET /manifest.webmanifest": "the market's name and icons, for a phone that installs it",
    "GET /robots.txt": "what search machines shall leave alone",
    "GET /sitemap.xml": "the addresses of what is for sale, for search machines",
    "GET /dev/components": "every component with invented samples, in development only",
    "GET /t/{team}/events": "word that the team has changed; it carries nothing else",
    "GET /divisions": "the divisions of China, for forms of addresses; everybody's knowledge",
    "GET /pictures/{file}": "a picture of goods that was made anew when it came in, by a name that cannot be guessed",
    "GET /previews/{name}": "such a picture, or one of the house's, for whoever shows a link to it",
    "GET /sign-in": "asks for a number",
    "POST /sign-in/code": "sends a code; limited per number and per network",
    "POST /sign-in": "takes the code; wrong ones are counted per number and per network",
    "POST /sign-out": "ends whatever session there is",
    "GET /office/sign-in": "asks a member of staff for number, password and code",
    "POST /office/sign-in": "takes them; wrong tries are counted per number and per network",
    "POST /office/sign-out": "ends whatever session of the office there is",
    "GET /api/docs": "how the API is asked, for whoever will write to it",
    "GET /health/live": "a machine asks whether the process answers; tells nothing",
    "GET /health/ready": "a machine asks whether the database answers; tells nothing",
    "GET /assets/{name}": "a browser file that was built, by its hashed name",
}
"""By method and path: the reason."""

CLOSED_ROUTES: Final[dict[str, str]] = {
    "GET /metrics": "this machine only, and no proxy on it",
    "GET /sandbox/statements/{day}": "this machine only, and no proxy on it",
    "POST /hooks/{provider}": "whoever signs as the provider does",
    "POST /hooks/carriers/{gateway}": "whoever signs as the carrier does",
}
"""What has no session either, and is closed by something else."""
