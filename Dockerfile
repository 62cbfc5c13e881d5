# The image of docker-compose.yml. Everything is fetched while it is built: a container fetches nothing. Build it where
# there is a network, then carry it to where there is none:  docker compose build && docker save paigong:0.1.0 …

# ONNX Runtime's library: the same pinned and checksummed wheel as `make run` uses.
FROM python:3.12-slim-bookworm AS onnxruntime
COPY scripts/onnxruntime scripts/onnxruntime.txt /scripts/
RUN /scripts/onnxruntime /onnxruntime

# The admin console and the chat widget, which become part of the binary.
FROM node:22-bookworm-slim AS console
WORKDIR /src
COPY services/console/web/ services/console/web/
COPY services/console/widget/ services/console/widget/
COPY services/api/tests/snapshots/ services/api/tests/snapshots/
COPY scripts/console scripts/
RUN scripts/console

FROM rust:1.95.0-bookworm AS build
WORKDIR /src
COPY . .
COPY --from=console /src/services/console/web/dist/ services/console/web/dist/
COPY --from=console /src/services/console/widget/dist/ services/console/widget/dist/
# The cache mounts keep a second build short; the binary is copied out because they are no part of the image.
RUN --mount=type=cache,target=/usr/local/cargo/registry --mount=type=cache,target=/src/target \
    cargo build --profile dist --locked --bin paigong \
    && install -D target/dist/paigong /out/paigong

FROM debian:bookworm-20260824-slim
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=onnxruntime /onnxruntime/ /opt/paigong/onnxruntime/
COPY models/ /opt/paigong/models/
COPY skills/ /opt/paigong/skills/
COPY --from=build /out/paigong /usr/local/bin/paigong
RUN install -d -m 0700 -o 10001 -g 10001 /var/lib/paigong
ENV PAIGONG_LEARNT_DIR=/var/lib/paigong/learnt \
    PAIGONG_RUNTIME_LIBRARY=/opt/paigong/onnxruntime/libonnxruntime.so \
    PAIGONG_MODELS_DIR=/opt/paigong/models \
    PAIGONG_SKILLS_DIR=/opt/paigong/skills \
    PAIGONG_LISTEN=0.0.0.0:8600
# A number, so that an orchestrator can see that it is not root. Only /var/lib/paigong belongs to it, for a volume: the root filesystem may be read-only.
USER 10001:10001
WORKDIR /tmp
EXPOSE 8600
# Asks the running server's /readyz on PAIGONG_LISTEN's port; the image has no curl.
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 CMD ["paigong", "healthcheck"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["paigong"]
CMD ["serve"]
