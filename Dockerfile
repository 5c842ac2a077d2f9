# The trainer in a container: `docker build -t zoo .`, then as docs/server.md says. For NVIDIA GPUs: docs/devices.md.
FROM rust:1.95-trixie AS build
WORKDIR /zoo
COPY . .
RUN cargo build --release --locked -p trainer

FROM debian:trixie-slim
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/*
COPY --from=build /zoo/target/release/trainer /usr/local/bin/trainer
COPY LICENSE-MIT LICENSE-APACHE NOTICE /usr/share/doc/zoo/
# Not root: what is mounted at /work belongs to a user.
USER 1000:1000
WORKDIR /work
ENV ZOO_DATA_DIR=/data
# The trainer ends within a batch on SIGTERM; its checkpoint is then on disk.
STOPSIGNAL SIGTERM
ENTRYPOINT ["trainer"]
CMD ["--help"]
