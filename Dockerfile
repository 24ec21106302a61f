# An image of Tuan. It could not be built or run where it was written (no Docker daemon there): try it before you rely on it.
FROM python:3.11-slim-bookworm AS build
WORKDIR /src
COPY requirements/run.lock requirements/run.lock
RUN python -m venv /opt/tuan && /opt/tuan/bin/pip install --no-cache-dir --require-hashes -r requirements/run.lock
COPY pyproject.toml hatch_build.py package.json package-lock.json .npmrc LICENSE README.md ./
COPY src src
# The build hook fetches the browser files by npm with the Node of a wheel, and hashes them.
RUN /opt/tuan/bin/pip install --no-cache-dir --no-deps .

FROM python:3.11-slim-bookworm
# Posters are written with a Chinese font of the machine.
RUN apt-get update && apt-get install -y --no-install-recommends fonts-noto-cjk && rm -rf /var/lib/apt/lists/*
RUN useradd --system --create-home --home-dir /var/lib/tuan --shell /usr/sbin/nologin tuan
COPY --from=build /opt/tuan /opt/tuan
ENV PATH=/opt/tuan/bin:$PATH TUAN_DATA=/var/lib/tuan/data PYTHONUNBUFFERED=1
USER tuan
VOLUME /var/lib/tuan
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/health/ready')"]
ENTRYPOINT ["tuan"]
CMD ["serve", "--host", "0.0.0.0"]
