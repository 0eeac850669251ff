curl -X POST "https://in.vendor.example/v1/datasets/$DATASET/events?mode=sync" \
  -H "Authorization: Bearer $API_TOKEN" \
  -H 'Content-Type: application/json' \
  -d '{"source":"app","events":[{"time":"2026-01-02T03:04:05.678Z","severity":"INFO","text":"order placed","fields":{"order_id":42}}]}'
