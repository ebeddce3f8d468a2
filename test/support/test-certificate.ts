/** A certificate for localhost that nobody trusts, good for a hundred years, and its key. Of no use outside these tests. */
export const testCertificate = `-----BEGIN CERTIFICATE-----
MIIBmjCCAUGgAwIBAgIUBHrZqGcuAixE7WBD5AgtIgJmZucwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMjIyMjAwMVoYDzIxMjYxMDI5
MjIyMDAxWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAASVx2uaHHv2YDJk/vWQIse28UMzfHTAlBsJZ5IH4M1jBa3P1v4873is
y/t2eV/S9Oq7dUP8IzAcOWN/Cf5q1p5Ao28wbTAdBgNVHQ4EFgQUuAWE5nggUHwn
V0QfCzvixwtMNoIwHwYDVR0jBBgwFoAUuAWE5nggUHwnV0QfCzvixwtMNoIwDwYD
VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
zj0EAwIDRwAwRAIgFq/0mr9yt37ccAvNMLxBooN+ZNd9Eg7XEBhhUxgylLMCIA+b
KyMIr4XWaxNBUgD2iM8SYOnOElLLnJbklTB5hfJF
-----END CERTIFICATE-----`;

export const testKey = `-----BEGIN EC PRIVATE KEY-----
MHcCAQEEIIIs9Uhh1Vt4IZiAJM8mQAkEIC27JzhoXKG16M48eBC4oAoGCCqGSM49
AwEHoUQDQgAElcdrmhx79mAyZP71kCLHtvFDM3x0wJQbCWeSB+DNYwWtz9b+PO94
rMv7dnlf0vTqu3VD/CMwHDljfwn+ataeQA==
-----END EC PRIVATE KEY-----`;
