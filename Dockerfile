# syntax=docker/dockerfile:1
# glibc, not Alpine: the store's native library is built for it.
FROM node:20-bookworm-slim AS build
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts
COPY . .
RUN npm run build && npm prune --omit=dev --ignore-scripts

FROM node:20-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /build/package.json ./
COPY --from=build /build/node_modules ./node_modules
COPY --from=build /build/dist ./dist
COPY --from=build /build/packs/english ./packs/english
COPY --from=build /build/packs/base ./packs/base
COPY --from=build /build/models ./models
COPY --from=build /build/prompts ./prompts
COPY --from=build /build/LICENSE /build/NOTICE ./
RUN mkdir /data && chown node:node /data
USER 1000
VOLUME /data
EXPOSE 7070
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:7070/health').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "dist/bin/xqg.js"]
# Keys, or --no-keys where nobody else reaches the port: without either it does not start.
CMD ["serve", "--index", "/data/index", "--host", "0.0.0.0", "--keys", "/data/keys.json"]
