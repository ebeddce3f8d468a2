# syntax=docker/dockerfile:1
# One image for both programs; Kubernetes chooses by the first argument:
#   docker run pilotlight dist/scaler/main.js --help
#   docker run pilotlight dist/exporter/main.js --help
# Debian, not Alpine: the NVIDIA runtime injects tools and libraries that want glibc.
ARG NODE_VERSION=26.10.0

FROM node:${NODE_VERSION}-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN --mount=type=cache,target=/root/.npm npm ci --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json ./
COPY src ./src
RUN npm run build

FROM node:${NODE_VERSION}-bookworm-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
RUN --mount=type=cache,target=/root/.npm npm ci --omit=dev --no-audit --no-fund
# The runtime that npm brings for machines without one; this image has its own.
RUN rm -rf node_modules/node-linux-* node_modules/node-darwin-* node_modules/node-bin-* node_modules/node-win-* \
           node_modules/.bin/node

FROM node:${NODE_VERSION}-bookworm-slim
LABEL org.opencontainers.image.title="pilotlight" \
      org.opencontainers.image.description="Per-pod GPU exporter and KEDA external scaler for inference endpoints" \
      org.opencontainers.image.licenses="Apache-2.0"
# Nothing is installed in a running container, so nothing to install with.
RUN rm -rf /usr/local/lib/node_modules /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack /opt/yarn-*
# With these the NVIDIA container runtime injects nvidia-smi and its library, and no CUDA.
ENV NODE_ENV=production \
    NVIDIA_VISIBLE_DEVICES=all \
    NVIDIA_DRIVER_CAPABILITIES=utility
WORKDIR /app
COPY LICENSE package.json ./
COPY protos ./protos
COPY --from=dependencies /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
# A number, so that Kubernetes can tell that it is not root. Nothing in the image is writable for it, and nothing is written.
USER 65532:65532
EXPOSE 9400 6000 8080
ENTRYPOINT ["node"]
CMD ["dist/scaler/main.js", "--help"]
