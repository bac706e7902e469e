IMG=acrshop.azurecr.io/shop/web:$SHA
kind create cluster
kind load docker-image $IMG
kubectl apply -f - <<EOF
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: shop
  labels:
    app: web
spec:
  replicas: 2
  selector:
    matchLabels:
      app: web
  template:
    metadata:
      labels:
        app: web
    spec:
      containers:
        - name: web
          image: $IMG
          ports:
            - containerPort: 8080
          env:
            - name: PORT
              value: "8080"
EOF
