// Gets a token with golang.org/x/oauth2/jwt, as a Go service would, and calls the API with it.
//
// Arguments: base URL, audience, account id, key id, file with an RSA private key in PEM. Prints the status of the call.
package main

import (
	"context"
	"fmt"
	"os"

	"golang.org/x/oauth2/jwt"
)

func main() {
	baseURL, audience, account, keyID, file := os.Args[1], os.Args[2], os.Args[3], os.Args[4], os.Args[5]
	pem, err := os.ReadFile(file)
	if err != nil {
		panic(err)
	}
	config := jwt.Config{
		Email:        account,
		PrivateKey:   pem,
		PrivateKeyID: keyID,
		TokenURL:     baseURL + "/oauth/token",
		Audience:     audience,
		Scopes:       []string{"read:compression"},
	}
	response, err := config.Client(context.Background()).Get(baseURL + "/api/compression/stats")
	if err != nil {
		panic(err)
	}
	defer response.Body.Close()
	fmt.Print(response.StatusCode)
}
