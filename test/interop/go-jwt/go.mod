module example.com/go-jwt

go 1.23.0

require golang.org/x/oauth2 v0.30.0
