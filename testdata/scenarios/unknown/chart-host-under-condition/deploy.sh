helm upgrade --install ferry ./chart -n harbour --set mirror=$MIRROR
