resource "kubernetes_deployment_v1" "juice" {
  metadata {
    name      = "juice"
    namespace = "press"
  }

  spec {
    selector {
      match_labels = { app = "juice" }
    }

    template {
      metadata {
        labels = { app = "juice" }
      }

      spec {
        container {
          name  = "juice"
          image = "${azapi_resource.acr.output.properties.loginServer}/juice:1"
        }
      }
    }
  }
}
