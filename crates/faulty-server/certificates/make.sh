#!/bin/sh
# Makes the certificates of the test server: an authority that nobody trusts, and a server's for 127.0.0.1, both for a hundred years.
set -eu
cd "$(dirname "$0")"
key() { openssl ecparam -name prime256v1 -genkey -noout | openssl pkcs8 -topk8 -nocrypt; }
key > authority.key
openssl req -x509 -new -key authority.key -subj "/CN=Authority of the test server" -days 36500 -out authority.pem \
    -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign
key > server.key
openssl req -new -key server.key -subj "/CN=127.0.0.1" -out server.csr
printf 'subjectAltName=IP:127.0.0.1\nbasicConstraints=CA:FALSE\n' > server.ext
openssl x509 -req -in server.csr -CA authority.pem -CAkey authority.key -CAcreateserial -days 36500 -extfile server.ext \
    -out server.pem
rm authority.key authority.srl server.csr server.ext
