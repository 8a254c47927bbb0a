# Build: everything npm needs, then one self-contained bundle.
FROM node:24-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY scripts scripts
COPY tsconfig.json ./
COPY src src
RUN npm run build

# Run: the bundle, an init that forwards signals, and a Redis for those who bring none.
FROM node:24-slim
RUN apt-get update \
  && apt-get install -y --no-install-recommends redis-server tini \
  && rm -rf /var/lib/apt/lists/*
WORKDIR /app
ENV NODE_ENV=production HTTP_HOST=0.0.0.0 DATA_DIR=/data
COPY package.json LICENSE ./
COPY --from=build /app/dist dist
RUN mkdir -p /data && chown node:node /data
USER node
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 CMD ["node", "dist/cli.js", "health"]
ENTRYPOINT ["tini", "--", "node", "dist/cli.js"]
CMD ["start"]
