# syntax=docker/dockerfile:1
# The `syncspace` command. Debian, not Alpine: the native part of the Temporal SDK is built for glibc only.
#
#   docker build --tag syncspace .
#   docker build --tag syncspace --build-arg WITH_TEMPORAL=true .     also holds the Temporal CLI, for `up` on one machine

FROM node:22-bookworm-slim AS base
# The SDK verifies certificates by the system's roots, which the slim image lacks. Any version of them is better than
# an old one, so none is pinned.
# hadolint ignore=DL3008
RUN apt-get update \
 && apt-get install --yes --no-install-recommends ca-certificates \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY package.json package-lock.json .npmrc ./

FROM base AS build
RUN npm ci
COPY . .
RUN npm run build
ARG WITH_TEMPORAL=false
RUN mkdir -p .cache/temporal \
 && if [ "$WITH_TEMPORAL" = true ]; then node scripts/setup.mjs --without-test-server; fi

FROM base AS dependencies
# The SDK brings its native part for five platforms, 27 MB each, and its Rust sources.
RUN npm ci --omit=dev \
 && rm -rf node_modules/@temporalio/core-bridge/releases/*-apple-* \
           node_modules/@temporalio/core-bridge/releases/*-windows-* \
           node_modules/@temporalio/core-bridge/sdk-core

FROM base
ENV NODE_ENV=production \
    SYNCSPACE_HOME=/var/lib/syncspace \
    TENANT_CONFIG_PATH_PATTERN=/etc/syncspace/*-tenant-config.yaml
# A new named volume takes the owner of the folder that it hides.
RUN install --directory --owner=node --group=node /var/lib/syncspace /etc/syncspace
COPY LICENSE ./
COPY --from=dependencies /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY --from=build /app/.cache/temporal ./.cache/temporal
# The user `node`; as a number, so that Kubernetes can see that it is not root.
USER 1000:1000
VOLUME /var/lib/syncspace
# Health and metrics.
EXPOSE 51349 51350
# Node is process 1: it gets SIGTERM itself and drains. It reaps no strangers' children and has none.
ENTRYPOINT ["node", "dist/cli/main.js"]
CMD ["worker"]
