// RUN: bert-opt %s --bert-differentiate | FileCheck %s
// Each sum is there twice in the next one: what is cheap is asked once an op.
// CHECK: func.func private @layer_backward
bert.parameter @w : tensor<4x4xf32>
func.func @loss(%x: tensor<?x4xf32>, %y: tensor<?x4xf32>) -> tensor<f32> attributes {bert.entry} {
  %w = bert.get_parameter @w : tensor<4x4xf32>
  %0 = call @layer(%x, %w) : (tensor<?x4xf32>, tensor<4x4xf32>) -> tensor<?x4xf32>
  %1 = bert.mean_squared_error %0, %y : (tensor<?x4xf32>, tensor<?x4xf32>) -> tensor<f32>
  return %1 : tensor<f32>
}
func.func private @layer(%x: tensor<?x4xf32>, %w: tensor<4x4xf32>) -> tensor<?x4xf32> {
  %0 = bert.linear %x, %w : (tensor<?x4xf32>, tensor<4x4xf32>) -> tensor<?x4xf32>
  %1 = bert.add %0, %0 : tensor<?x4xf32>
  %2 = bert.add %1, %1 : tensor<?x4xf32>
  %3 = bert.add %2, %2 : tensor<?x4xf32>
  %4 = bert.add %3, %3 : tensor<?x4xf32>
  %5 = bert.add %4, %4 : tensor<?x4xf32>
  %6 = bert.add %5, %5 : tensor<?x4xf32>
  %7 = bert.add %6, %6 : tensor<?x4xf32>
  %8 = bert.add %7, %7 : tensor<?x4xf32>
  %9 = bert.add %8, %8 : tensor<?x4xf32>
  %10 = bert.add %9, %9 : tensor<?x4xf32>
  %11 = bert.add %10, %10 : tensor<?x4xf32>
  %12 = bert.add %11, %11 : tensor<?x4xf32>
  %13 = bert.add %12, %12 : tensor<?x4xf32>
  %14 = bert.add %13, %13 : tensor<?x4xf32>
  %15 = bert.add %14, %14 : tensor<?x4xf32>
  %16 = bert.add %15, %15 : tensor<?x4xf32>
  %17 = bert.add %16, %16 : tensor<?x4xf32>
  %18 = bert.add %17, %17 : tensor<?x4xf32>
  %19 = bert.add %18, %18 : tensor<?x4xf32>
  %20 = bert.add %19, %19 : tensor<?x4xf32>
  %21 = bert.add %20, %20 : tensor<?x4xf32>
  %22 = bert.add %21, %21 : tensor<?x4xf32>
  %23 = bert.add %22, %22 : tensor<?x4xf32>
  %24 = bert.add %23, %23 : tensor<?x4xf32>
  %25 = bert.add %24, %24 : tensor<?x4xf32>
  %26 = bert.add %25, %25 : tensor<?x4xf32>
  %27 = bert.add %26, %26 : tensor<?x4xf32>
  %28 = bert.add %27, %27 : tensor<?x4xf32>
  %29 = bert.add %28, %28 : tensor<?x4xf32>
  %30 = bert.add %29, %29 : tensor<?x4xf32>
  %31 = bert.add %30, %30 : tensor<?x4xf32>
  %32 = bert.add %31, %31 : tensor<?x4xf32>
  %33 = bert.add %32, %32 : tensor<?x4xf32>
  %34 = bert.add %33, %33 : tensor<?x4xf32>
  %35 = bert.add %34, %34 : tensor<?x4xf32>
  %36 = bert.add %35, %35 : tensor<?x4xf32>
  %37 = bert.add %36, %36 : tensor<?x4xf32>
  %38 = bert.add %37, %37 : tensor<?x4xf32>
  %39 = bert.add %38, %38 : tensor<?x4xf32>
  %40 = bert.add %39, %39 : tensor<?x4xf32>
  %41 = bert.add %40, %40 : tensor<?x4xf32>
  %42 = bert.add %41, %41 : tensor<?x4xf32>
  %43 = bert.add %42, %42 : tensor<?x4xf32>
  %44 = bert.add %43, %43 : tensor<?x4xf32>
  %45 = bert.add %44, %44 : tensor<?x4xf32>
  %46 = bert.add %45, %45 : tensor<?x4xf32>
  %47 = bert.add %46, %46 : tensor<?x4xf32>
  %48 = bert.add %47, %47 : tensor<?x4xf32>
  %49 = bert.add %48, %48 : tensor<?x4xf32>
  %50 = bert.add %49, %49 : tensor<?x4xf32>
  %51 = bert.add %50, %50 : tensor<?x4xf32>
  %52 = bert.add %51, %51 : tensor<?x4xf32>
  %53 = bert.add %52, %52 : tensor<?x4xf32>
  %54 = bert.add %53, %53 : tensor<?x4xf32>
  %55 = bert.add %54, %54 : tensor<?x4xf32>
  %56 = bert.add %55, %55 : tensor<?x4xf32>
  %57 = bert.add %56, %56 : tensor<?x4xf32>
  %58 = bert.add %57, %57 : tensor<?x4xf32>
  %59 = bert.add %58, %58 : tensor<?x4xf32>
  %60 = bert.add %59, %59 : tensor<?x4xf32>
  %61 = bert.gelu %60 {approximate = #bert<gelu_form none>} : tensor<?x4xf32>
  return %61 : tensor<?x4xf32>
}
