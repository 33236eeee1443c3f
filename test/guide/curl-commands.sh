# The curl commands of the customers' guide, in its order; only the host and the values are others. Prints the status of
# each and what the next ones need. Arguments: base URL, e-mail address, directory for the answers.
set -eu
api=$1 email=$2
cd "$3"

member() { sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p"; }
step() { name=$1; shift; printf '%s %s\n' "$name" "$(curl -s -o "$name.json" -w '%{http_code}' "$@")"; }

step register -X POST "$api/api/auth/register" \
-H "Content-Type: application/json" \
-d '{
"email": "'"$email"'",
"password": "SecureP@ssw0rd!",
"name": "John Doe"
}'

step login -X POST "$api/api/auth/login" \
-H "Content-Type: application/json" \
-d '{
"email": "'"$email"'",
"password": "SecureP@ssw0rd!"
}'
access_token=$(member access_token < login.json)
refresh_token=$(member refresh_token < login.json)

step stats -H "Authorization: Bearer $access_token" \
"$api/api/compression/stats"

step refresh -X POST "$api/api/auth/refresh" \
-H "Content-Type: application/json" \
-d '{
"refresh_token": "'"$refresh_token"'"
}'
access_token=$(member access_token < refresh.json)

step key -X POST "$api/api/keys" \
-H "Authorization: Bearer $access_token" \
-H "Content-Type: application/json" \
-d '{
"name": "Production Server",
"expires_at": "2095-01-08T00:00:00Z"
}'
key_id=$(sed -n 's/^{"id":"\([^"]*\)".*/\1/p' key.json)
key=$(member key < key.json)

step stats-by-key -H "X-API-Key: $key" \
"$api/api/compression/stats"

step list -H "Authorization: Bearer $access_token" \
"$api/api/keys"

step revoke -X DELETE "$api/api/keys/$key_id" \
-H "Authorization: Bearer $access_token"

step stats-by-revoked-key -H "X-API-Key: $key" \
"$api/api/compression/stats"

step logout -X POST "$api/api/auth/logout" \
-H "Authorization: Bearer $access_token"

step stats-after-logout -H "Authorization: Bearer $access_token" \
"$api/api/compression/stats"

step refresh-after-logout -X POST "$api/api/auth/refresh" \
-H "Content-Type: application/json" \
-d '{
"refresh_token": "'"$(member refresh_token < refresh.json)"'"
}'
