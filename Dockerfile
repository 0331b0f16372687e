# The service as an image: built with the toolchain, run on a plain Debian, as a user without rights.
#
#   docker build -t jiedui .
#   docker run --rm -v jiedui-data:/var/lib/jiedui jiedui demo
#   docker run -d -p 127.0.0.1:8080:8080 -v jiedui-data:/var/lib/jiedui jiedui
#
# The volume holds the database and the key that its ID numbers are sealed under. A backup of the first does not hold
# the second: keep a copy of the key elsewhere. Plain HTTP: put a TLS proxy in front and name it with --trusted-proxy.

FROM swift:6.3-bookworm AS build
RUN apt-get update -q \
    && apt-get install -y -q --no-install-recommends libsqlite3-dev zlib1g-dev \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY Package.swift ./
COPY Sources ./Sources
COPY Tests ./Tests
RUN swift build -c release --static-swift-stdlib --product jiedui

FROM debian:bookworm-slim
RUN apt-get update -q \
    && apt-get install -y -q --no-install-recommends libsqlite3-0 libstdc++6 zlib1g \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /var/lib/jiedui --shell /usr/sbin/nologin jiedui \
    && install -d -o jiedui -g jiedui -m 0700 /var/lib/jiedui
COPY --from=build /src/.build/release/jiedui /usr/local/bin/jiedui
COPY Migrations /usr/local/share/jiedui/Migrations
COPY openapi.yaml /usr/local/share/jiedui/openapi.yaml
USER jiedui
ENV JIEDUI_DATA=/var/lib/jiedui
VOLUME /var/lib/jiedui
EXPOSE 8080
# The slim image has no HTTP client; bash can open a connection itself.
SHELL ["/bin/bash", "-c"]
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s CMD exec 3<>/dev/tcp/127.0.0.1/8080 \
    && printf 'GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n' >&3 \
    && read -r line <&3 && [[ $line == *' 200 '* ]]
ENTRYPOINT ["jiedui"]
CMD ["serve", "--host", "0.0.0.0"]
